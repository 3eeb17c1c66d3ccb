"""Files on disk: includes, and what must not be read."""

import os

import pytest

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.config_files import ConfigFiles
from vrrpscope.evidence.keepalived_conf import Tree, parse_files
from vrrpscope.evidence.told import Notes


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(folder / "keepalived.conf")


def parse_file(path) -> Tree:
    files = ConfigFiles(os.path.dirname(path), Notes())  # noqa: PTH120
    files.read(path)
    return parse_files(path, files)


def keywords(path):
    """Keywords with the name of the file and the line they stand on, and the notes' codes."""
    tree = parse_file(path)
    found = [(n.keyword, os.path.basename(n.line.file), n.line.line) for n in tree.nodes]  # noqa: PTH119
    return found, [note.code for note in tree.notes]


def test_includes_are_relative_to_the_file_that_says_so(tmp_path):
    path = write(
        tmp_path,
        {
            "keepalived.conf": "first\ninclude conf.d/*.conf\nlast\n",
            "conf.d/b.conf": "b\n",
            "conf.d/a.conf": "\na\ninclude more/x\n",
            "conf.d/more/x": "x\n",
            "conf.d/c.other": "no\n",
        },
    )
    assert keywords(path) == (
        [
            ("first", "keepalived.conf", 1),
            ("a", "a.conf", 2),
            ("x", "x", 1),
            ("b", "b.conf", 1),
            ("last", "keepalived.conf", 3),
        ],
        [],
    )


@pytest.mark.parametrize(
    "include", ["include {a,b}", "includea {a,b}", "includer ./{a,b}", "includeb {{a,b},missing}"]
)
def test_braces_and_the_kinds_of_include(tmp_path, include):
    path = write(tmp_path, {"keepalived.conf": f"{include}\n", "a": "a\n", "b": "b\n"})
    assert keywords(path)[0] == [("a", "a", 1), ("b", "b", 1)]


def test_a_block_may_span_files(tmp_path):
    path = write(tmp_path, {"keepalived.conf": "v {\ninclude a\n}\n", "a": "x\ny\n"})
    tree = parse_file(path)
    assert [child.keyword for child in tree.nodes[0].children] == ["x", "y"]


def test_loops_end(tmp_path):
    path = write(
        tmp_path,
        {"keepalived.conf": "a\ninclude ./b\n", "b": "b\ninclude {,./}keepalived.conf\nc\n"},
    )
    found, notes = keywords(path)
    assert [keyword for keyword, _, _ in found] == ["a", "b", "c"]
    assert notes == ["include-loop"]


def test_depth_is_bounded(tmp_path):
    files = {f"f{n}": f"k{n}\ninclude f{n + 1}\n" for n in range(40)}
    path = write(tmp_path, files | {"keepalived.conf": "include f0\n"})
    found, notes = keywords(path)
    assert len(found) == 15  # sixteen open files, one of them is keepalived.conf
    assert notes == ["include-depth"]


def test_what_keepalived_does_not_read(tmp_path):
    path = write(tmp_path, {"keepalived.conf": "include x*\nend\n", "xscript": "x\n"})
    (tmp_path / "xscript").chmod(0o755)
    (tmp_path / "xfolder").mkdir()
    found, notes = keywords(path)
    assert [keyword for keyword, _, _ in found] == ["end"]
    assert notes == ["include-skipped", "include-skipped"]


def test_nothing_outside_of_the_folder_is_read(tmp_path):
    path = write(
        tmp_path / "node",
        {"keepalived.conf": "include ../secret\ninclude /etc/hostname\ninclude link\nend\n"},
    )
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "node" / "link").symlink_to(tmp_path / "secret")
    found, notes = keywords(path)
    assert [keyword for keyword, _, _ in found] == ["end"]
    assert notes.count("include-outside") == 3


def test_a_copy_of_etc_keepalived_keeps_its_absolute_paths(tmp_path):
    path = write(
        tmp_path, {"keepalived.conf": "include /etc/keepalived/conf.d/*\n", "conf.d/a": "a\n"}
    )
    assert keywords(path) == ([("a", "a", 1)], [])


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(EvidenceError, match="No such file") as caught:
        parse_file(str(tmp_path / "missing.conf"))
    assert "keepalived.conf" in caught.value.hint
    with pytest.raises(EvidenceError, match="Is a directory"):
        parse_file(str(tmp_path))
    with pytest.raises(EvidenceError, match="cannot read"):
        parse_file("a\0b")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\0c\n", r"x\.conf:2: a NUL byte"),
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", r"x\.conf:1: a NUL byte"),
        (b"a" * (8 * 1024 * 1024 + 1), r"x\.conf: more than 8 MiB"),
    ],
)
def test_what_is_no_configuration(tmp_path, data, message):
    path = tmp_path / "x.conf"
    path.write_bytes(data)
    with pytest.raises(EvidenceError, match=message):
        parse_file(str(path))


def test_bytes_that_are_no_utf_8_are_read_one_by_one():
    notes = Notes()
    files = ConfigFiles("", notes)
    assert files.add("a", b"ok\nauth_pass p\xe4ss\n") == ["ok", "auth_pass p\u00e4ss"]
    assert files.encodings == {"a": "latin-1"}
    assert [(note.code, str(note.line)) for note in notes] == [("not-utf-8", "a:2")]
