"""Real lines for the tests: package descriptions and word lists of this machine, offline."""
import glob
import itertools
import subprocess


def aptLines():
    """Descriptions and fields of every package apt knows; nothing if its lists are not there."""
    try:
        apt = subprocess.Popen(["apt-cache", "dumpavail"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    except OSError:
        return
    with apt:
        yield from apt.stdout
        apt.stdout.close()
        apt.wait()


def fileLines():
    names = ["/usr/share/dict/words", "/var/lib/dpkg/available", "/var/lib/dpkg/status"]
    names += sorted(glob.glob("/var/lib/dpkg/info/*.list"))
    for name in names:
        try:
            with open(name, "rb") as file:
                yield from file
        except OSError:
            continue


def realLines(count):
    """`count` lines that are not empty, as bytes, from what this machine has."""
    lines = (line.rstrip(b"\n") for line in itertools.chain(aptLines(), fileLines()))
    found = list(itertools.islice((line for line in lines if line.strip()), count))
    if len(found) < count:
        raise AssertionError(f"this machine has only {len(found)} lines, {count} are wanted")
    return found


def realPairs(count):
    """(key, value) pairs: values are real lines, keys unique and spread over the whole ring."""
    return [(bytes([index * 157 % 256]) + b"/%06d" % index, line)
            for index, line in enumerate(realLines(count))]
