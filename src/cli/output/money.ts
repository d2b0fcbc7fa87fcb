/** US dollars to the cent; below a cent with four digits, or an evening of a minute would cost nothing. */
export function money(amount: number): string {
  return `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`;
}
