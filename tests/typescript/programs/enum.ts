enum Color {
  Red,
  Green = 5,
  Blue,
  Dark = -1,
  Half = 0.5,
  Next,
}
function name(color: Color): string {
  switch (color) {
    case Color.Red:
      return 'red';
    case Color.Green:
      return 'green';
    default:
      return `color ${color}`;
  }
}
print(name(Color.Red), name(Color.Green), name(Color.Blue), Color.Dark, Color.Next);
let color: Color = Color.Blue;
if (color === Color.Blue) color = Color.Half;
print(color, Color.Blue + 1);
const colors: Color[] = [Color.Green, Color.Red];
print(colors.indexOf(Color.Red), colors.includes(Color.Dark));
enum Level {
  Low = 'low',
  High = 'so high',
}
function of(level: Level): number {
  return level === Level.High ? 2 : 1;
}
const level: Level = Level.Low;
print(level, Level.High, of(level), of(Level.High), `${Level.Low}!`, Level.High.length);
