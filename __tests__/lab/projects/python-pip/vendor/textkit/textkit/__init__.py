from importlib.resources import files


def stop_words():
    return set((files(__name__) / "stop-words.txt").read_text().split())


def keywords(text):
    words = [word.strip(".,").lower() for word in text.split()]
    return sorted(set(words) - stop_words())


def main():
    import sys

    print(" ".join(keywords(sys.stdin.read())))
