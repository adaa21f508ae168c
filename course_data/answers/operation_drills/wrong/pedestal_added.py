# why: plus for minus
# fails: test_pedestal

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return raw + pedestal

def spot(u, v):
    return u[:, None] * v
