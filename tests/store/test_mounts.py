"""Laws of the table of mounts: whose disks a path lies on."""

from __future__ import annotations

import pytest

from overproof.store.mounts import MountPoint, holding, parse_mounts

LINES = [
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
    "40 22 0:50 / /users rw,relatime shared:20 - nfs4 home.example.org:/export/users rw,vers=4.2",
    "41 22 0:51 / /data/my\\040disk rw - nfs [2001:db8::1]:/disk rw",
    "42 22 0:52 / /ceph rw - ceph mon1:6789,mon2:6789:/ rw",
    "43 22 0:53 / /share rw - cifs //files/share rw",
    "44 22 0:54 / /far rw - fuse.sshfs me@there:/users rw",
    "nothing of the kind",
]


def test_servers_of_mounts() -> None:
    """A mount of another machine's disks names it, whatever its kind; disks of this machine name nobody."""
    servers = {mount.path: mount.server for mount in parse_mounts(LINES)}
    assert servers == {
        "/": "", "/users": "home.example.org", "/data/my disk": "2001:db8::1", "/ceph": "mon1:6789",
        "/share": "files", "/far": "there",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "mount"),
    [("/users/anna/a.root", "/users"), ("/userspace/a.root", "/"), ("/users", "/users"), ("relative", None)],
)
def test_the_longest_mount_counts(path: str, mount: str | None) -> None:
    """A path lies on the deepest file system above it; a name that begins alike is another."""
    assert holding(path, ["/", "/users"]) == mount


def test_sources_without_a_host() -> None:
    """A mount that names no host has none."""
    assert MountPoint(path="/x", kind="fuse.gocryptfs", source="/users/anna/cipher").server == ""
    assert MountPoint(path="/x", kind="lustre", source="odd").server == ""
