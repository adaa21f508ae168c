# %% double
hoard = []
while True:
    hoard.append(bytearray(b"x") * 2**24)
