# why: adds
# fails: test_elementwise

# %% products
def elementwise(a, b):
    return a + b

def matrix_product(a, b):
    return a @ b
