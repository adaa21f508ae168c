# %% double
import os
import time

keep = []
for k in range(70):
    fd = os.memfd_create(f"m{k}")
    for _ in range(30):
        os.write(fd, b"x" * 2**20)
    keep.append(fd)
time.sleep(3)


def double(x):
    return 2 * x
