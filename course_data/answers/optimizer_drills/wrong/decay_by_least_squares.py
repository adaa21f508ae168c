# why: least_squares, which curve_fit calls only with limits
# fails: test_lifetime, test_signal_and_background, test_losses

# %% decay
from scipy.optimize import least_squares

def fit_decay(t, y, sigma):
    t, y, sigma = (np.asarray(each, float) for each in (t, y, sigma))
    curve = lambda p: p[0] * np.exp(-t / p[1]) + p[2]
    chi2 = lambda p: np.sum(((y - curve(p)) / sigma) ** 2)
    best = least_squares(lambda p: (y - curve(p)) / sigma, (600, 2.5, 35)).x
    path = [best + (np.array([600, 2.5, 35]) - best) * 0.9**k for k in range(200)]
    return *best, [chi2(p) for p in path]
