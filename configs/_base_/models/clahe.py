# CLAHE of the Lab lightness with a clip limit of 2, OpenCV's.
model = dict(type='CLAHE', clip_limit=2.0, channel='lab')
