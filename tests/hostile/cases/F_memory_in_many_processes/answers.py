# %% double
import os
import time

for _ in range(50):
    if os.fork() == 0:
        hoard = bytearray(b"x") * (300 * 2**20)
        time.sleep(600)
time.sleep(600)
