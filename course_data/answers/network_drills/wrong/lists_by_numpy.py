# why: NumPy does the work, and lists are made of it at the end
# fails: test_lists_forward, test_lists_backward

# %% lists
def network_in_lists(x, y, V, c, W, b):
    x, V, c, W = np.array(x), np.array(V), np.array(c), np.array(W)
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    dc = (p - y) * W * (1 - h**2)
    return float(p), np.outer(x, dc).tolist(), dc.tolist(), ((p - y) * h).tolist(), float(p - y)
