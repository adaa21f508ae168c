# why: one word for all
# fails: test_most_kinds, test_all_kinds

# %% kinds
kinds = {letter: "classification" for letter in "abcdefgh"}
