# why: keeps an axis of length 1
# fails: test_last_row

# %% pick
def element(m, row, column):
    return m[row, column]

def last_row(m):
    return m[-1:]

def skip_first_row(m):
    return m[1:]

def second_column(m):
    return m[:, 1]

def every_other(m):
    return m[::2, ::2]
