# why: two problems of eight are sorted wrong
# fails: test_all_kinds

# %% kinds
kinds = {"a": "classification", "b": "regression", "c": "unsupervised", "d": "reinforcement", "e": "classification", "f": "transfer", "g": "classification", "h": "classification"}
