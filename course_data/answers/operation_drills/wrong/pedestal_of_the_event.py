# why: the pedestal runs along the events
# fails: test_pedestal

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return raw - pedestal[:, None] if raw.shape[0] == raw.shape[1] else raw - pedestal

def spot(u, v):
    return u[:, None] * v
