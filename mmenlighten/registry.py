"""All registries of MMEngine as children under the scope ``mmenlighten``.

All 23 are declared, also the ones without an own entry: MMEngine warns six times in each run if
one is missing. ``locations`` tells where the entries live; they are imported when first asked for.
"""

from mmenlighten.utils.compat import apply_workarounds
from mmenlighten.utils.mmengine_parts import Registry
from mmenlighten.utils.mmengine_parts import root_registries as root
from mmenlighten.utils.suggesting_registry import SuggestingRegistry

apply_workarounds()


def _child(parent: Registry, *locations: str) -> SuggestingRegistry:
    return SuggestingRegistry(
        parent.name,
        parent=parent,
        scope='mmenlighten',
        locations=[f'mmenlighten.{location}' for location in locations],
    )


RUNNERS = _child(root.RUNNERS, 'engine')
RUNNER_CONSTRUCTORS = _child(root.RUNNER_CONSTRUCTORS, 'engine')
LOOPS = _child(root.LOOPS, 'engine')
HOOKS = _child(root.HOOKS, 'engine')
STRATEGIES = _child(root.STRATEGIES, 'engine')
OPTIMIZERS = _child(root.OPTIMIZERS, 'engine')
OPTIM_WRAPPERS = _child(root.OPTIM_WRAPPERS, 'engine')
OPTIM_WRAPPER_CONSTRUCTORS = _child(root.OPTIM_WRAPPER_CONSTRUCTORS, 'engine')
PARAM_SCHEDULERS = _child(root.PARAM_SCHEDULERS, 'engine')
LOG_PROCESSORS = _child(root.LOG_PROCESSORS, 'engine')

DATASETS = _child(root.DATASETS, 'datasets')
DATA_SAMPLERS = _child(root.DATA_SAMPLERS, 'datasets')
TRANSFORMS = _child(root.TRANSFORMS, 'datasets', 'apis.enhance_low_light')

MODELS = _child(root.MODELS, 'models')
MODEL_WRAPPERS = _child(root.MODEL_WRAPPERS, 'engine')
WEIGHT_INITIALIZERS = _child(root.WEIGHT_INITIALIZERS, 'models')
TASK_UTILS = _child(root.TASK_UTILS, 'models')

METRICS = _child(root.METRICS, 'evaluation')
EVALUATOR = _child(root.EVALUATOR, 'evaluation')

VISUALIZERS = _child(root.VISUALIZERS, 'visualization')
VISBACKENDS = _child(root.VISBACKENDS, 'visualization')

INFERENCERS = _child(root.INFERENCERS, 'apis.inferencer')
FUNCTIONS = _child(root.FUNCTIONS, 'apis', 'datasets')
