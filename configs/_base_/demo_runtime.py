# What demos share: short intervals, a progress bar, and a report with pictures at the end.
_base_ = ['./default_runtime.py']
default_hooks = dict(logger=dict(interval=10), checkpoint=dict(interval=2))
custom_hooks = [dict(type='ProgressBarHook'), dict(type='FinalReportHook')]
log_level = 'WARNING'  # the progress bar and the report say what a person wants to know
