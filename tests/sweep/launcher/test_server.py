"""What the server imports leaves it fit to be forked."""

import subprocess
import sys

import pytest
import yaml

from segsweep.config.options import conf_dir
from tests.command import ROOT

pytestmark = pytest.mark.slow

CHECK = """
import os, threading, torch
called = []
def recorder(name, answer):
    return lambda *args, **keywords: called.append(name) or answer
torch._C._cuda_getDeviceCount = recorder("_cuda_getDeviceCount", 0)
import sys
from segsweep.sweep.launcher.server import preload
preload(MODULES)
assert [name for name in MODULES if name not in sys.modules] == []
assert called == [], called  # a call of CUDA spoils it for every process that is forked
assert not torch.cuda.is_initialized()
assert threading.enumerate() == [threading.main_thread()]
assert os.listdir("/proc/self/task") == [str(os.getpid())]
"""


def test_the_server_has_one_thread_and_never_called_cuda() -> None:
    modules = yaml.safe_load((conf_dir() / "hydra" / "launcher" / "local.yaml").read_text())["preload"]
    command = [sys.executable, "-c", f"MODULES = {modules}; import os; os.environ['OMP_NUM_THREADS'] = '1'{CHECK}"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
