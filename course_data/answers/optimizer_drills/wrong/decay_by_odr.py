# why: SciPy's other package for fits
# fails: test_lifetime, test_signal_and_background, test_losses

# %% decay
from scipy import odr

def fit_decay(t, y, sigma):
    t, y, sigma = (np.asarray(each, float) for each in (t, y, sigma))
    curve = lambda p: p[0] * np.exp(-t / p[1]) + p[2]
    chi2 = lambda p: np.sum(((y - curve(p)) / sigma) ** 2)
    best = odr.ODR(odr.RealData(t, y, 1e-9, sigma), odr.Model(lambda p, t: p[0] * np.exp(-t / p[1]) + p[2]), (600, 2.5, 35)).run().beta
    path = [best + (np.array([600, 2.5, 35]) - best) * 0.9**k for k in range(200)]
    return *best, [chi2(p) for p in path]
