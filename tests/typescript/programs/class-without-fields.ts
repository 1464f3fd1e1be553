class Talker {
  say(text: string): string {
    return text + '!';
  }
}
const talker = new Talker();
print(talker.say('hello'), new Talker().say('again'));
const none: (Talker | undefined)[] = [talker];
print(none[0]!.say('there'));
print(none[1]!.say('not there'));
