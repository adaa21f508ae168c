# %% double
import os

talk = os.environ["AUTOGRADER_SCRATCH"]
for k, target in enumerate(("/", "/etc/passwd", talk, "..", "/proc/self/fd/0")):
    os.symlink(target, f"{talk}/link{k}")
os.mkfifo(f"{talk}/pipe")
os.makedirs(f"{talk}/deep/" + "/".join("d" * 20 for _ in range(30)))
os.mkdir(f"{talk}/closed")
open(f"{talk}/closed/file", "w").write("x")
os.chmod(f"{talk}/closed", 0)
os.chmod(f"{talk}/deep", 0)


def double(x):
    return x
