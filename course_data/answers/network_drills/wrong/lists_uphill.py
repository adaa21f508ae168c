# why: y - p for p - y
# fails: test_lists_backward

# %% lists
def network_in_lists(x, y, V, c, W, b):
    hidden = [math.tanh(sum(x[i] * V[i][j] for i in range(len(x))) + c[j]) for j in range(len(c))]
    p = 1 / (1 + math.exp(-sum(h * w for h, w in zip(hidden, W)) - b))
    delta = y - p
    dc = [delta * w * (1 - h * h) for w, h in zip(W, hidden)]
    return p, [[a * d for d in dc] for a in x], dc, [delta * h for h in hidden], delta
