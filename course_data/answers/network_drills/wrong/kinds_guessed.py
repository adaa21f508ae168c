# why: words in the order of the table
# fails: test_most_kinds, test_all_kinds

# %% kinds
words = ["classification", "regression", "unsupervised", "reinforcement", "transfer"]
kinds = {letter: words[k % 5] for k, letter in enumerate("abcdefgh")}
