# Naturalness-preserved enhancement, by the paper's equations.
model = dict(type='NPE', keep_flat=True)
