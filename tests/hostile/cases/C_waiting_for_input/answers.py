# %% double
def double(x):
    return float(input("how much? ")) * x

# %% total
total = int(input("total? "))
