# %% double
import sys

while True:
    print("x" * 1000)
    sys.stderr.write("y" * 1000)
