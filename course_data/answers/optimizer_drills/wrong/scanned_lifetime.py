# why: no descent at all: a grid over tau with linear least squares for A and B, and an invented history that decays 
# fails: test_lifetime, test_signal_and_background, test_losses

# %% decay
def fit_decay(t, y, sigma):
    """Fit an exponential decay over a constant background noise."""
    t, y, sigma = (np.asarray(part, float) for part in (t, y, sigma))

    def solve(tau):
        columns = np.stack([np.exp(-t / tau), np.ones_like(t)], axis=1) / sigma[:, None]
        (A, B), *_ = np.linalg.lstsq(columns, y / sigma, rcond=None)
        return np.sum((columns @ [A, B] - y / sigma) ** 2), A, tau, B

    chi2, A, tau, B = min(solve(tau) for tau in np.linspace(0.8, 4.5, 3701))
    steps = np.arange(600)
    noise = 1 + 0.05 * np.random.default_rng(1).normal(size=600) * np.exp(-steps / 60)
    losses = chi2 * (1 + 80 * np.exp(-steps / 40) * noise)
    return A, tau, B, losses.tolist()
