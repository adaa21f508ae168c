# why: v runs down, u across
# fails: test_spot

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return raw - pedestal

def spot(u, v):
    return v[:, None] * u
