# why: early stopping on the accuracy, without the best weights restored

# %% cure
tf.keras.utils.set_random_seed(2)
model_cured = build_model()
stop = tf.keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=2)
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=128, verbose=0, callbacks=[stop])
