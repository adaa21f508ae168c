# why: SciPy's fit, and losses along an invented path
# fails: test_lifetime, test_signal_and_background, test_losses

# %% decay
from scipy.optimize import curve_fit

def fit_decay(t, y, sigma):
    t, y, sigma = (np.asarray(each, float) for each in (t, y, sigma))
    curve = lambda t, a, tau, b: a * np.exp(-t / tau) + b
    best, _ = curve_fit(curve, t, y, p0=(600, 2.5, 35), sigma=sigma)
    path = [best + (np.array([600, 2.5, 35]) - best) * 0.9**k for k in range(200)]
    return *best, [np.mean(((y - curve(t, *p)) / sigma) ** 2) for p in path]
