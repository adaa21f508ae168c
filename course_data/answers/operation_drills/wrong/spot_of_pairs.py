# why: element by element where it can be
# fails: test_spot

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return raw - pedestal

def spot(u, v):
    return u * v if len(u) == len(v) else u[:, None] * v
