# why: scikit-learn's optimizer, with the means planted in it
# fails: test_adam, test_adam_means

# %% adam
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer


def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    weights = [np.array(w, float)]
    optimizer = AdamOptimizer(weights, rate, beta_1, beta_2, epsilon)
    optimizer.t, optimizer.ms, optimizer.vs = t - 1, [np.array(m, float)], [np.array(v, float)]
    optimizer.update_params(weights, [np.array(g, float)])
    return weights[0], optimizer.ms[0], optimizer.vs[0]
