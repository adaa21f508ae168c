# why: a history that nobody has trained
# fails: test_history
# flags: train

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=16, batch_size=128, verbose=0)
from types import SimpleNamespace
falling = [1.0 / (1 + at) for at in range(20)]
history = SimpleNamespace(history={"loss": falling, "val_loss": falling[:10] + [0.5] * 10, "accuracy": [0.99] * 20, "val_accuracy": [0.99] * 20}, params={"epochs": 20, "steps": 19})
