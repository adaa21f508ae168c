# why: a negative index is made positive
# fails: test_element

# %% pick
def element(m, row, column):
    return m[abs(row), abs(column)]

def last_row(m):
    return m[-1]

def skip_first_row(m):
    return m[1:]

def second_column(m):
    return m[:, 1]

def every_other(m):
    return m[::2, ::2]
