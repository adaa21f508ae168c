# %% double
print("\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\x00\x08 done")


def double(x):
    print("\x1b[8m hidden")
    return 2 * x
