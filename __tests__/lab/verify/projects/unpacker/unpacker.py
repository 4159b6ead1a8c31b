"""Unpacks a program where temporary files are, and starts it."""
import os
import shutil
import sys
import tempfile

program = os.path.join(tempfile.mkdtemp(), "server")
shutil.copy(os.path.realpath(sys.executable), program)
os.execve(program, [program, "-m", "http.server", "8000"], {**os.environ, "PYTHONHOME": sys.base_prefix})
