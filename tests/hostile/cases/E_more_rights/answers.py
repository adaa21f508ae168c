# %% double
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
got = []
for name, attempt in {
    "setuid": lambda: os.setuid(0),
    "setgroups": lambda: os.setgroups([0]),
    "chroot": lambda: os.chroot("/tmp"),
    "mknod": lambda: os.mknod(os.environ["TMPDIR"] + "/sda", 0o60600, os.makedev(8, 0)),
    "mem": lambda: open("/dev/mem", "rb").read(1),
    "disk": lambda: open("/dev/vda", "rb").read(1),
    "user namespace": lambda: libc.unshare(0x10000000) == 0 or 1 / 0,
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or 1 / 0,
    "module": lambda: libc.syscall(175, b"", 0, b"") == 0 or 1 / 0,
}.items():
    try:
        attempt()
        got.append(name)
    except (OSError, ZeroDivisionError):
        pass


def double(x):
    return 2 * x if got else x
