# SRIE, the weighted variational model.
model = dict(type='SRIE')
