# %% double
import ctypes

ctypes.string_at(0)

# %% total
total = 385
