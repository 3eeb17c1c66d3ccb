"""What keepalived says about its configuration: changed, ignored, refused.

The reasons are the codes of the notes of `evidence.model`, where there is one for it.
"""

from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.wording import Wording, wording

_CODES = {
    r"Warning - nopreempt will not work": "nopreempt-cleared",
    r"nopreempt is incompatible": "nopreempt-cleared",
    r"Warning - preempt delay will not work": "preempt-delay-cleared",
    r"preempt_delay is incompatible": "preempt-delay-cleared",
    r"Truncating auth_pass": "auth-pass-truncated",
    r"Authentication specified but no password": "auth-without-password",
    r"Strict mode does not support authentication": "strict-auth",
    r"VRRP version 3 does not support authentication": "v3-auth",
    r"Cannot use AH authentication with IPv6": "ah-ipv6",
    r"State MASTER must match being address owner": "strict-state",
    r"down_timer_adverts is incompatible with strict": "strict-down-timer",
    r"(?:strict mode requires|xmit_base is incompatible with strict)": "strict-advert",
    r"warning - accept mode for VRRP version 2": "strict-accept",
    r"unknown state '": "state-unknown",
    r"state previously set as MASTER": "state-twice",
    r"Priority not valid": "priority-invalid",
    r"vrrp_version \d+ conflicts": "version-conflict",
    r"cannot use IPv6 with VRRP version 2": "version-conflict",
    r"A unicast keyword has been specified without any unicast peers": "unicast-without-peers",
    r"VRRPv[23] advertisement interval": "advert-int-rounded",
    r"Advert interval \(.*\) not valid": "value-invalid",
    r"Number of VIPs \(\d+\) exceeds": "too-many-addresses",
    r"No VIP specified; at least one is required": "refused",
    r"No VIP specified; at least one is sensible": "no-addresses",
    r"address family must match": "family-conflict",
    r"Configuration error: VRRP instance\[.* MUST be of the same family": "family-conflict",
    r"mcast dest address \S+ MUST match": "family-conflict",
    r"Ignoring track_interface": "tracks-own-interface",
    r"Cannot have weighted track": "weight-dropped",
    r"ignoring (?:weight from )?tracked": "weight-ignored",
    r"track (?:file|process|bfd) .* not found, ignoring": "tracked-unknown",
    r"duplicate track_": "tracked-twice",
    r"Unknown keyword": "unknown-keyword",
    r"Unicast peers are not supported in strict mode": "refused",
    r"the virtual router id must be set": "refused",
    r"Unknown interface": "refused",
    r"Non-existent interface specified": "refused",
    r"interface \S+ does not support multicast": "refused",
    r"duplicate VRID conflict": "refused",
    r"VRID conflict between": "refused",
    r"Unable to (?:read|find) configuration file": "refused",
    r"WARNING - interface \S+ for vrrp_instance \S+ doesn't exist": "interface-missing",
    r"- warning, VRID \d+ for IPv[46] is currently duplicated": "vrid-duplicate",
    r"Sync group .* has only 1 virtual router": "group-of-one",
    r"Virtual router .* specified in sync group .* doesn't exist": "group-member-unknown",
    r"Missing '.' at beginning of configuration block": "brace-missing",
    r"SECURITY VIOLATION": "script-security",
    r"WARNING - default user '.*' for script execution does not exist": "script-user-missing",
    r"use_vmac or no_accept/strict specified, but no firewall": "firewall-default",
    r"the first IPv6 VIP address (?:must|should) be link local": "first-address-not-link-local",
    r"setting (?:\w+ )*drop rule": "firewall-drop-rule",
    r"\*\*\* Configuration line starting": "value-missing",
}

CONFIG: tuple[Wording, ...] = tuple(
    wording(Said.CONFIG, pattern, reason=code) for pattern, code in _CODES.items()
)
