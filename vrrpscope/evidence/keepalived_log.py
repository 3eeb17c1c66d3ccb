"""What keepalived says in its log: the wordings of its releases 1.2 to 2.4.

Taken from keepalived's source (vrrp.c, vrrp_scheduler.c, vrrp_track.c, vrrp_if.c, scheduler.c,
keepalived_netlink.c, notify.c, main.c). The words of an instance follow `(VI_1) `, `(VI_1): ` or,
until 1.4, `VRRP_Instance(VI_1) `.
"""

import re
from functools import lru_cache

from vrrpscope.evidence.keepalived_log_config import CONFIG
from vrrpscope.evidence.keepalived_log_rejections import REJECTIONS
from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.wording import ADDRESS, FROM, NUMBER, Fields, Wordings, wording

_INSTANCE = re.compile(r"(?:VRRP_Instance ?)?\((?P<instance>[^()]{1,200})\)(?P<colon>:?) ?")
_CONFIG_LINE = re.compile(r"\((?:[^()]{1,500}: )?Line \d+\) ")
_KERNEL_TIME = re.compile(r"\[ *\d+\.\d+\] ")

_STATES = (
    wording(
        Said.STATE, r"Entering (?P<state>FAULT|BACKUP|MASTER) state(?: \((?P<reason>.+)\))?\s*$"
    ),
    wording(Said.STATE, r"Entering (?P<state>FAULT) state due to (?P<reason>.+)"),
    wording(Said.STATE, r"Now in (?P<state>FAULT) state"),
    # Until 1.4 a master sends from here on, and has its addresses one interval later.
    wording(Said.STATE, r"Transition to (?P<state>MASTER) state", reason="transition"),
    wording(Said.STATE, r"(?P<reason>IPv4 ipvlan .+)\. setting instance to (?P<state>fault) state"),
    wording(Said.STATE, r"(?P<reason>Cannot use .+) - going to (?P<state>fault) state"),
    wording(
        Said.SYNC,
        r"VRRP_Group\((?P<name>.+?)\):? (?:Syncing .+|Transition) to (?P<state>\w+) state",
    ),
    wording(
        Said.PRIORITY,
        rf"Changing effective priority from (?P<before>{NUMBER}) to (?P<after>{NUMBER})",
    ),
    wording(Said.PRIORITY, rf"Effective priority = (?P<after>{NUMBER})"),
    wording(Said.PRIORITY, rf"Setting effective priority to (?P<after>{NUMBER})"),
    wording(Said.PRIORITY, rf"Restoring our priority to (?P<after>{NUMBER})"),
)

_TRACKING = (
    wording(
        Said.TRACKED,
        r"VRRP_Script\((?P<name>.+?)\) (?P<up>succeeded|failed)(?: \((?P<reason>.+)\))?",
    ),
    wording(
        (Said.TRACKED, Said.SCRIPT_LATE),
        r"VRRP_Script\((?P<name>.+?)\) (?P<reason>timed[ _]out)",
        good=False,
    ),
    wording(
        Said.TRACKED,
        r"VRRP_Script\((?P<name>.+?)\) considered (?P<up>\w+) (?P<reason>on reload)",
    ),
    wording(Said.TRACKED, r"Quorum (?P<up>\w+) for tracked process (?P<name>.+)"),
    wording(
        Said.TRACKED,
        r"Process (?P<name>.+), (?P<reason>number of current processes .+), quorum (?P<up>\w+)",
    ),
    wording(Said.TRACKED, r"Tracked BFD instance (?P<name>.+) is (?P<up>\w+)"),
    wording(Said.TRACKED, r"Tracked file (?P<name>.+) (?P<up>leaving|now) FAULT state"),
    wording(Said.SCRIPT_LATE, r"Track script (?P<name>.+?) is (?P<reason>.+), expect idle"),
    wording(
        Said.SCRIPT_LATE,
        r"Script (?P<name>.+?) child \(PID \d+\) (?P<reason>failed to terminate after kill)",
    ),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Disabling track script (?P<name>.+?) (?P<reason>(?:since|due to) .+)",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"Script (?P<name>.+?) cannot be accessed - (?P<reason>.+)"),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Unable to access script [`'](?P<name>.+?)[`'](?: - )?(?P<reason>.+)?",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"Warning - script (?P<name>.+?) is (?P<reason>not used)"),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Warning - script '(?P<name>.+?)' is (?P<reason>not executable.*)",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"Track script (?P<name>.+?) (?P<reason>not found), ignoring"),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Ignoring tracked script (?P<name>.+?) with weights (?P<reason>due to .+)",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"Cannot find script (?P<name>.+?) (?P<reason>in path)"),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"check_script_secure (?P<reason>could not find) script '(?P<name>.+?)'",
    ),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"(?P<reason>(?:Unsafe|Permissions) (?:permissions|failure)) (?:found )?for script "
        r"'?(?P<name>.+?)'?(?: in path)?(?: - disabling)?\.?$",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"No script set for vrrp_script (?P<name>.+?) - removing"),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Unable to (?P<reason>set default user) for vrrp script (?P<name>.+?) - removing",
    ),
    wording(
        Said.SCRIPT_UNUSABLE,
        r"Unable to (?P<reason>set uid[/:]gid.*?) for script (?P<name>.+?)(?: - disabling)?$",
    ),
    wording(Said.SCRIPT_UNUSABLE, r"Wrong file type found in script path '(?P<name>.+?)'"),
    wording(Said.SCRIPT_UNUSABLE, r"(?P<reason>Script user '.+' does not exist)"),
    wording(
        Said.SCRIPT_UNUSABLE, r"Error exec-ing command '(?P<name>.+?)'(?:, error )?(?P<reason>.*)"
    ),
    wording(Said.SCRIPT_UNUSABLE, r"(?P<reason>Couldn't (?:find|execute) command): (?P<name>.+)"),
)


_ELECTIONS = (
    wording(Said.TIMEOUT, r"Receive advertisement timeout"),
    wording(
        Said.DISCARDED_LOWER,
        rf"received lower priority \((?P<before>\d{{1,3}})\) advert from {ADDRESS}",
    ),
    # Until 1.4 a backup that preempts does not wait.
    wording(Said.DISCARDED_LOWER, r"(?P<reason>forcing a new MASTER election)"),
    wording(
        Said.ELECTION_FORCED,
        rf"Received advert{FROM} with lower priority (?P<before>\d{{1,3}}), "
        r"ours (?P<after>\d{1,3})",
    ),
    wording(Said.ELECTION_FORCED, r"Received lower prio advert(?: (?P<before>\d{1,3}))?"),
    wording(
        Said.YIELDED,
        rf"(?:Master r|R)eceived advert{FROM} with higher priority (?P<before>\d{{1,3}}), "
        r"ours (?P<after>\d{1,3})",
    ),
    wording(
        Said.YIELDED,
        rf"Master received advert{FROM} with same priority (?P<both>\d{{1,3}}) but higher",
    ),
    wording(Said.YIELDED, r"Received higher prio advert(?: (?P<before>\d{1,3}))?"),
    wording(Said.OWN_ADDRESS_HEARD, r"Warning - equal priority advert received from remote host"),
    wording(
        Said.OWNER_CONFLICT,
        rf"CONFIGURATION ERROR: local instance and (?:a remote instance|{ADDRESS}) are both",
    ),
    wording(Said.OWNER_CONFLICT, rf"{ADDRESS} is still advertising as address owner"),
    wording(Said.SENT_RELEASE, r"(?:sent|sending) 0 priority"),
    wording(Said.HEARD_RELEASE, r"(?:Backup|Master) received priority 0 "),
    wording(Said.SEND_FAILED, r"send advert error \d+ \((?P<reason>.+)\)"),
    wording(Said.SEND_FAILED, r"Cant sen[dt] advert to .+? \((?P<reason>.+)\)"),
    wording(Said.TIMER_LATE, r"(?:A|VRRP) thread timer expired (?P<delay>\d{1,9}\.\d{6}) sec"),
    wording(Said.PREEMPT_DELAY, r"start preempt delay ?\((?P<delay>\d{1,9}(?:\.\d{1,8})?)\)"),
    wording(
        Said.INTERVAL_LEARNED,
        r"advertisement interval updated from (?P<before_ms>\d{1,9})ms to (?P<after_ms>\d{1,9})ms",
    ),
    wording(
        Said.INTERVAL_LEARNED,
        r"advertisement interval updated (?:from (?P<before_ms>\d{1,9}) )?"
        r"to (?P<after_ms>\d{1,9}) milli-sec",
    ),
    wording(
        Said.INTERVAL_LEARNED,
        r"advertisement interval changed: mine=(?P<before_ms>\d{1,9}) milli-sec, "
        r"rcved=(?P<after_ms>\d{1,9}) milli-sec",
    ),
    wording(
        Said.INTERVAL_LEARNED,
        r"changing advert interval from (?P<before_ms>\d{1,9})ms to locally configured "
        r"(?P<after_ms>\d{1,9})ms",
    ),
    wording(
        Said.INTERVAL_LEARNED,
        r"using locally configured advertisement interval \((?P<after_ms>\d{1,9}) milli-sec\)",
    ),
)

_KERNEL = (
    wording(Said.ADDRESS_ASSIGNED, rf"Assigned address {ADDRESS} for interface (?P<name>\S+)"),
    wording(Said.ADDRESS_REMOVED, rf"Deassigned address {ADDRESS} from interface (?P<name>\S+)"),
    wording(
        Said.VIP_REMOVED,
        rf"Netlink reflector reports IP {ADDRESS} (?:removed|deleted)(?: from (?P<name>\S+))?",
    ),
    wording(
        Said.INTERFACE, r"Kernel is reporting: interface (?P<name>\S+) (?:is )?(?P<up>UP|DOWN)"
    ),
    wording(Said.INTERFACE, r"Netlink reports (?P<name>\S+) (?P<up>up|down)"),
    wording(Said.INTERFACE, r"Interface (?P<name>\S+) is (?P<up>down)"),
    wording(Said.INTERFACE, r"Interface (?P<name>\S+) (?P<up>added|deleted)$"),
    wording(Said.BIND_FAILED, rf"bind unicast_src {ADDRESS} failed (?P<reason>.+)"),
    wording(Said.BIND_FAILED, r"bind (?:for multicast|to VRF (?P<name>\S+)) failed (?P<reason>.+)"),
    wording(
        Said.GARP,
        r"Sending(?:/queueing)? (?:gratuitous ARPs?|unsolicited Neighbour Adverts?) "
        rf"on (?P<name>\S+) for {ADDRESS}",
    ),
)

_DAEMON = (
    wording(Said.STARTED, r"Starting Keepalived v(?P<text>\d[\w.]*)"),
    wording(Said.STOPPING, r"Stopping(?: Keepalived.*)?$"),
    wording(Said.STOPPING, r"Stopped(?: Keepalived.*| - used .*)?$"),
    wording(Said.STOPPING, r"(?P<text>Keepalived_vrrp\S* exited with permanent error .+)"),
    wording(Said.RELOADED, r"Reloading(?: \.\.\.)?$"),
    wording(Said.RELOADED, r"Got SIGHUP, reloading(?! checker)"),
    wording(Said.CHILD_DIED, r"(?:Keepalived_vrrp\S*|VRRP) (?P<text>exited due to .+)"),
    wording(Said.CHILD_DIED, r"VRRP child process\((?P<name>\d+)\) (?P<text>died: \w+)"),
)

_SYSTEM = Wordings(
    (
        wording(Said.STOPPING, r"Stopping .*(?:Keepalive|keepalived|VRRP High Availability)"),
        wording(
            Said.CHILD_DIED,
            r"keepalived\.service: main process exited, (?P<text>code=(?:killed|dumped|exited).+)",
        ),
        wording(
            Said.CHILD_DIED,
            r"(?:\w+ )*(?P<text>out of memory): Kill(?:ed)? process \d+ \(keepalived\)",
        ),
        wording(Said.CHILD_DIED, r"keepalived\[\d+\]: (?P<text>segfault)"),
        wording(
            Said.CHILD_DIED,
            r"keepalived\.service: A process of this unit has been killed by the "
            r"(?P<text>OOM killer)",
        ),
    )
)

_KNOWN = Wordings((*_STATES, *_TRACKING, *REJECTIONS, *_ELECTIONS, *_KERNEL, *_DAEMON, *CONFIG))
_ANY_CONFIG = re.compile(r"(?i)\b(ignoring|resetting|clearing|disabling|deprecated|incompatible)\b")


def understand_system(message: str) -> list[tuple[Said, Fields]]:
    """What a line of systemd or of the kernel says about keepalived."""
    return _SYSTEM.read(_KERNEL_TIME.sub("", message, count=1))


@lru_cache(maxsize=4096)
def understand_keepalived(message: str) -> tuple[tuple[Said, Fields], ...]:
    """What a message of keepalived says; empty where it is nothing that matters here."""
    from_config = _CONFIG_LINE.match(message)
    if from_config is not None:
        return tuple(_config(message, message[from_config.end() :]))
    match = _INSTANCE.match(message)
    if match is None:
        return tuple(_with_text(_KNOWN.read(message), message))
    rest = message[match.end() :]
    said = _with_text(_KNOWN.read(rest), rest)
    if not said and _ANY_CONFIG.search(rest):
        said = [(Said.CONFIG, {"reason": "other", "text": rest})]
    return tuple((kind, {"instance": match["instance"], **fields}) for kind, fields in said)


def _config(message: str, rest: str) -> list[tuple[Said, Fields]]:
    """A complaint of the parser, which says the file and the line of the configuration."""
    match = _INSTANCE.match(rest)
    inner = rest[match.end() :] if match else rest
    said = _with_text(_KNOWN.read(inner), message)
    if not said:
        said = [(Said.CONFIG, {"reason": "other", "text": message})]
    instance = {"instance": match["instance"]} if match else {}
    return [(kind, instance | fields) for kind, fields in said]


def _with_text(said: list[tuple[Said, Fields]], text: str) -> list[tuple[Said, Fields]]:
    """The line of the log with what is said about the configuration."""
    return [
        (kind, fields | {"text": text} if kind is Said.CONFIG else fields) for kind, fields in said
    ]
