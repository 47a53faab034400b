// What a customer may take on account and redeem, and the reasons for limits, in Russian.

export const allowed = {
  left: (amount: string) => `можно ещё ${amount}`,
  nothingLeft: 'больше в долг нельзя',
  nothingNow: 'в долг пока нельзя',
  noLimit: 'без предела',
  disputed: 'в долг нельзя, пока открыт спор',
  noPhone: 'без телефона в долг нельзя',
  leftWithoutPhone: (amount: string) => `без телефона можно ещё ${amount}`,

  /** After the sum. */
  because: {
    young: (until: string) => `номер новый, до ${until}`,
    waiting: (until: string) => `номер начнёт действовать: ${until}`,
    unaccepted: 'пока владелец не примет номер',
    held: (phone: string) => `записан другой номер: ${phone}`,
  },

  points: {
    young: (until: string) => `Номер новый. Баллы можно будет списать: ${until}.`,
    waiting: (until: string) => `Баллы пока не списать. Номер начнёт действовать: ${until}.`,
    unaccepted: 'Баллы не списать, пока владелец не примет номер.',
    held: (phone: string) => `Баллы не списать: записан другой номер, ${phone}.`,
    disputed: 'Баллы не списать, пока открыт спор.',
    noPhone: 'Чтобы списать баллы, нужен код, а телефона у покупателя нет.',
    upTo: (points: string) => `Без кода можно списать не больше: ${points}.`,
  },
};
