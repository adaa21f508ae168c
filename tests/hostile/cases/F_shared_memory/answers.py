# %% double
import mmap
import time

keep = []
for k in range(70):
    block = mmap.mmap(-1, 30 * 2**20)
    block.write(bytes(30 * 2**20))
    block.madvise(mmap.MADV_DONTNEED)
    keep.append(block)
time.sleep(3)


def double(x):
    return 2 * x
