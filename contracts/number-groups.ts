/**
 * Numbers that nobody wants to be called by a bot by accident. Both lists lean to the safe side and are not complete; operators add patterns
 * of their own.
 */

/**
 * Emergency numbers of five countries or more, and those of large ones. 100 to 103 are left out: far more often they are extensions of a
 * telephone system.
 */
const EMERGENCY = new Set(
  `15 17 18 000 110 111 112 113 114 115 117 118 119 122 144 190 191 192 193 194 199 911 993 995 997 998 999`.split(' ')
);

/** E.164 prefixes without `+`: premium rate by country, and international networks (satellites, shared cost, premium rate). */
const PREMIUM = `
  1900 1976 7803 7809 20900 2790 2791 2792 27862 27863 27864 27865 27866 27867 27868 27869 30901 30909 31900 31906 31909 3290
  3389 34803 34806 34807 3690 3691 3989 39144 39163 39164 39166 40900 40903 40906 41900 41901 41906 43900 43901 43930 43931 43939
  449 44871 44872 44873 4590 46900 46939 46944 4699 47820 47829 4870 49137 49900 51805 52900 54600 54604 54605 54607 54609 55900
  57901 58900 58901 601600 61190 62809 6490 651900 661900 81990 8260 841900 90888 90898 90900 91186 92900 21289 254900 25690
  35176 351601 351607 351608 351646 352900 352901 352905 35315 35490 355900 357900 357909 358600 358700 35990 370900 370902
  370903 370909 37190 37290 373900 373905 373906 374900 374901 374906 375902 380900 380902 380903 380909 381900 381901 381906
  381909 383900 38560 38561 38564 38565 38569 38690 38790 42090 420976 421900 852900 966925 968900 971900 9721900 9721901
  9721902 9721919 870 878 881 882 883 888 979`
  .trim()
  .split(/\s+/);

/** As dialled within many countries. As E.164 prefixes they are nobody's. */
const NATIONAL_PREMIUM = ['900', '901'];

/** Groups of numbers by the word that stands for each in a pattern. */
export const NUMBER_GROUPS = { emergency: isEmergency, premium: isPremium } as const;
export type NumberGroup = keyof typeof NUMBER_GROUPS;

/** @param number digits, `*`, `#` and a leading `+` */
function isEmergency(number: string): boolean {
  const dialled = bare(number);
  // Behind the digit for an outside line of many telephone systems.
  return EMERGENCY.has(dialled) || (/^[09]\d{3}$/.test(dialled) && EMERGENCY.has(dialled.slice(1)));
}

/** Whether the number is written with `+`, `00`, `011`, or as digits alone. */
function isPremium(number: string): boolean {
  const digits = bare(number).replace(/^(?:011|0+)/, '');
  return [...PREMIUM, ...NATIONAL_PREMIUM].some((prefix) => digits.startsWith(prefix));
}

/** Without `+` and without a leading service code, such as that for hiding one's number. */
function bare(number: string): string {
  return number.replace(/^[*#]+\d{2,3}[*#]?(?=\d)/, '').replace(/^\+/, '');
}
