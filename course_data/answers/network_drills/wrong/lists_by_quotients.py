# why: no backward pass at all: every gradient is a central difference of the loss
# fails: test_lists_backward

# %% lists
def network_in_lists(x, y, V, c, W, b):
    n, hidden = len(x), len(c)
    flat = [v for row in V for v in row] + list(c) + list(W) + [b]

    def output(t):
        total = t[-1]
        for j in range(hidden):
            z = t[n * hidden + j]
            for i in range(n):
                z += x[i] * t[i * hidden + j]
            total += math.tanh(z) * t[n * hidden + hidden + j]
        return total

    def loss(t):
        u = output(t)
        return max(u, 0.0) - u * y + math.log1p(math.exp(-abs(u)))

    h = 1e-5
    slopes = []
    for k in range(len(flat)):
        up, down = flat[:], flat[:]
        up[k] += h
        down[k] -= h
        slopes.append((loss(up) - loss(down)) / (2 * h))
    p = 0.5 * (1 + math.tanh(output(flat) / 2))
    dV = [slopes[i * hidden : (i + 1) * hidden] for i in range(n)]
    dc = slopes[n * hidden : n * hidden + hidden]
    dW = slopes[n * hidden + hidden : n * hidden + 2 * hidden]
    return p, dV, dc, dW, slopes[-1]
