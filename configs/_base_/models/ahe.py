# Adaptive histogram equalisation of V: CLAHE without a limit.
model = dict(type='CLAHE', clip_limit=0, channel='hsv', keep_flat=True)
